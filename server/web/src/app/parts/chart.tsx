/** How the numbers went, as a line, with a sentence before it and a table after it that say the same. */

import type { Mark, Point, ProgressShown, Series } from "../screens/shown";
import { dateWords, type Day } from "../words/days";
import { numberWords, say } from "../words/words";
import { type Frame, frameOf, heightOf, lineOf, placeOn, SIZE } from "./chart_lines";
import { More } from "./unfold";

export function Chart({ progress, on }: { progress: ProgressShown; on: Day }) {
  const frame = frameOf(progress);
  const drawn = frame !== null && progress.series.some((one) => one.points.length > 1);
  return (
    <figure class="chart">
      <figcaption>{progress.words}</figcaption>
      {drawn && <Lines progress={progress} frame={frame} on={on} />}
      {drawn && progress.marks.length > 0 && <Signs marks={progress.marks} />}
      {frame && <More title={say("chart.table")}><Table progress={progress} on={on} /></More>}
    </figure>
  );
}

function Lines({ progress, frame, on }: { progress: ProgressShown; frame: Frame; on: Day }) {
  const middle = (frame.low + frame.high) / 2;
  return (
    <svg viewBox={`0 0 ${SIZE.wide} ${SIZE.high}`} role="img" aria-label={progress.words}>
      {[frame.high, middle, frame.low].map((value) => (
        <g key={value}>
          <line class="grid" x1={SIZE.start} x2={SIZE.wide - 6} y1={heightOf(frame, value)} y2={heightOf(frame, value)} />
          <text x={SIZE.start - 8} y={heightOf(frame, value) + 4} text-anchor="end">{numberWords(value)}</text>
        </g>
      ))}
      {progress.marks.map((mark) => <Marked key={mark.on + mark.words} mark={mark} x={placeOn(frame, mark.on)} />)}
      {progress.series.map((one, i) => (
        <Line key={i} series={one} frame={frame} earlier={i < progress.series.length - 1} />
      ))}
      <text x={SIZE.start} y={SIZE.high - 2}>{dateWords(frame.from, on)}</text>
      <text x={SIZE.wide - 6} y={SIZE.high - 2} text-anchor="end">{dateWords(frame.to, on)}</text>
    </svg>
  );
}

function Line({ series, frame, earlier }: { series: Series; frame: Frame; earlier: boolean }) {
  const [first] = series.points;
  const last = series.points.at(-1);
  return (
    <>
      <path class={earlier ? "series earlier" : "series"} d={lineOf(frame, series.points)} />
      {!earlier && first && last && [first, last].map((point, i) => (
        <Dot key={i} point={point} frame={frame} end={i === 1} />
      ))}
    </>
  );
}

function Dot({ point, frame, end }: { point: Point; frame: Frame; end: boolean }) {
  const [x, y] = [placeOn(frame, point.on), heightOf(frame, point.value)];
  return (
    <>
      <circle class={end ? "point end" : "point"} cx={x} cy={y} r="4.5" />
      <text class="value" x={x} y={y < 28 ? y + 20 : y - 11} text-anchor={end ? "end" : "start"}>{numberWords(point.value)}</text>
    </>
  );
}

function Marked({ mark, x }: { mark: Mark; x: number }) {
  return (
    <g>
      <line class="mark" x1={x} x2={x} y1={SIZE.top} y2={SIZE.high - SIZE.below} />
      <Sign kind={mark.kind} x={x} y={SIZE.high - SIZE.below} />
    </g>
  );
}

function Sign({ kind, x, y }: { kind: Mark["kind"]; x: number; y: number }) {
  return kind === "step"
    ? <circle class="sign" cx={x} cy={y} r="4.5" />
    : <path class="sign" d={`M${x - 5} ${y}l5 -5 5 5 -5 5z`} />;
}

function Signs({ marks }: { marks: readonly Mark[] }) {
  const kinds = (["step", "revised"] as const).filter((kind) => marks.some((mark) => mark.kind === kind));
  return (
    <ul class="signs">
      {kinds.map((kind) => (
        <li key={kind}>
          <svg viewBox="0 0 12 12" aria-hidden="true"><Sign kind={kind} x={6} y={6} /></svg>
          {say(kind === "step" ? "chart.step" : "chart.revised")}
        </li>
      ))}
    </ul>
  );
}

function Table({ progress, on }: { progress: ProgressShown; on: Day }) {
  const rows = [
    ...progress.series.flatMap((one) => one.points.map((point) => ({ on: point.on, words: numberWords(point.value) }))),
    ...progress.marks,
  ].sort((a, b) => (a.on < b.on ? 1 : a.on > b.on ? -1 : 0));
  return (
    <table>
      <thead><tr><th scope="col">{say("chart.day")}</th><th scope="col">{say("chart.what")}</th></tr></thead>
      <tbody>
        {rows.map((row, i) => (
          <tr key={i}><td>{dateWords(row.on, on)}</td><td class="number">{row.words}</td></tr>
        ))}
      </tbody>
    </table>
  );
}
