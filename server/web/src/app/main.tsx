/** The page that a browser opens. */

import { render } from "preact";

const place = document.getElementById("app");
if (place) render(<main><h1>Milepost</h1></main>, place);
