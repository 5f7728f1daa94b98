/** What rows are put in order by; null where a row has no such figure. */
export type Figure<Row> = (row: Row) => number | string | null

const compare = (a: number | string, b: number | string): number => (typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b)))

/** Rows by a figure, equals by `then`. Rows without the figure come last, whichever way, among themselves by `then` too. */
export const sortedBy = <Row>(rows: readonly Row[], figure: Figure<Row>, descending: boolean, then: (a: Row, b: Row) => number = () => 0): readonly Row[] =>
  [...rows].sort((a, b) => {
    const [left, right] = [figure(a), figure(b)]
    if (left === null || right === null) return Number(left === null) - Number(right === null) || then(a, b)
    return (descending ? compare(right, left) : compare(left, right)) || then(a, b)
  })
