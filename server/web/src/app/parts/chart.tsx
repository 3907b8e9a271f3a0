/** How the numbers went, as a line, with a sentence before it and a table after it that say the same. */

import type { Mark, Point, ProgressShown, Series } from "../screens/shown";
import { dateWords, type Day } from "../words/days";
import { numberWords, say } from "../words/words";
import { alike, type Frame, frameOf, heightOf, lineOf, placeOn, SIZE } from "./chart_lines";
import { More } from "./unfold";

export function Chart({ progress, on }: { progress: ProgressShown; on: Day }) {
  const groups = alike(progress.series);
  const drawn = groups.filter((series) => series.some((one) => one.points.length > 1));
  return (
    <figure class="chart">
      <figcaption>{progress.words}</figcaption>
      {drawn.map((series, i) => (
        <Lines key={i} series={series} marks={progress.marks} titled={groups.length > 1} words={progress.words} on={on} />
      ))}
      {drawn.length > 0 && progress.marks.length > 0 && <Signs marks={progress.marks} />}
      {progress.series.length > 0 && <More title={say("chart.table")}><Table progress={progress} on={on} /></More>}
    </figure>
  );
}

interface LinesProps {
  readonly series: readonly Series[];
  readonly marks: readonly Mark[];
  /** There are other drawings beside it. */
  readonly titled: boolean;
  readonly words: string;
  readonly on: Day;
}

function Lines({ series, marks, titled, words, on }: LinesProps) {
  const frame = frameOf(series);
  if (!frame) return null;
  const { question, levels } = series.at(-1) ?? {};
  const middle = (frame.low + frame.high) / 2;
  return (
    <>
      {titled && question && <p class="quiet titled">{question}</p>}
      <svg viewBox={`0 0 ${SIZE.wide} ${SIZE.high}`} role="img" aria-label={titled && question ? question : words}>
        {[frame.high, middle, frame.low].map((value) => (
          <g key={value}>
            <line class="grid" x1={SIZE.start} x2={SIZE.wide - 6} y1={heightOf(frame, value)} y2={heightOf(frame, value)} />
            <text x={SIZE.start - 8} y={heightOf(frame, value) + 4} text-anchor="end">{levels ? signed(value) : numberWords(value)}</text>
          </g>
        ))}
        {marks.map((mark) => <Marked key={mark.on + mark.words} mark={mark} x={placeOn(frame, mark.on)} />)}
        {series.map((one, i) => (
          <Line key={i} series={one} frame={frame} earlier={i < series.length - 1} />
        ))}
        <text x={SIZE.start} y={SIZE.high - 2}>{dateWords(frame.from, on)}</text>
        <text x={SIZE.wide - 6} y={SIZE.high - 2} text-anchor="end">{dateWords(frame.to, on)}</text>
      </svg>
      {levels && (
        <ul class="signs">
          {[2, 0, -2].map((value) => <li key={value}>{signed(value)}: <span class="own">{levels[value + 2]}</span></li>)}
        </ul>
      )}
    </>
  );
}

function Line({ series, frame, earlier }: { series: Series; frame: Frame; earlier: boolean }) {
  const [first] = series.points;
  const last = series.points.at(-1);
  return (
    <>
      <path class={earlier ? "series earlier" : "series"} d={lineOf(frame, series.points)} />
      {!earlier && first && last && [first, last].map((point, i) => (
        <Dot key={i} point={point} words={series.levels ? signed(point.value) : numberWords(point.value)} frame={frame} end={i === 1} />
      ))}
    </>
  );
}

function Dot({ point, words, frame, end }: { point: Point; words: string; frame: Frame; end: boolean }) {
  const [x, y] = [placeOn(frame, point.on), heightOf(frame, point.value)];
  return (
    <>
      <circle class={end ? "point end" : "point"} cx={x} cy={y} r="4.5" />
      <text class="value" x={x} y={y < 28 ? y + 20 : y - 11} text-anchor={end ? "end" : "start"}>{words}</text>
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
    ...progress.series.flatMap((one) => one.points.map((point) => ({ on: point.on, words: valueWords(one, point.value) }))),
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

/** What was said, in words: the level, or the number with its unit. */
function valueWords({ levels, unit }: Series, value: number): string {
  return levels?.[value + 2] ?? [numberWords(value), unit].filter(Boolean).join(" ");
}

/** A level's place, with the sign that it has. */
function signed(value: number): string {
  return value > 0 ? `+${numberWords(value)}` : numberWords(value);
}
