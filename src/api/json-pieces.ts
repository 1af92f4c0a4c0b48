/** Characters after which a piece is handed on: well below a millisecond's work. */
const PIECE_CHARACTERS = 32 * 1024;

/**
 * The JSON of an object with one long array, in pieces that together are what `JSON.stringify` gives for
 * `{...before, [name]: [...items], ...after}`. Each item is made when its piece is.
 */
export function* jsonPieces(
  before: object, name: string, items: Iterable<unknown>, after: object,
): Generator<string, void> {
  const head = JSON.stringify(before).slice(0, -1);
  const tail = JSON.stringify(after).slice(1);
  let piece = `${head}${head === '{' ? '' : ','}${JSON.stringify(name)}:[`;
  let isFirst = true;
  for (const item of items) {
    piece += `${isFirst ? '' : ','}${JSON.stringify(item)}`;
    isFirst = false;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}]${tail === '}' ? '' : ','}${tail}`;
}
