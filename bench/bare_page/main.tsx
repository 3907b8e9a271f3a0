/** As little as a page of this kind can be: what the web app is measured beside. */

import { render } from "preact";
import { useState } from "preact/hooks";

function Page() {
  const [said, setSaid] = useState("");
  return (
    <main>
      <h1>Bare</h1>
      <button type="button" onClick={() => setSaid("That is kept.")}>Keep</button>
      <div class="toast">{said && <p>{said}</p>}</div>
    </main>
  );
}

const place = document.getElementById("app");
if (place) render(<Page />, place);
