import { callFunction, isList, type MathInput, type Series, single, type Value, zip } from './series-math.ts';

/**
 * Computes a metric-math expression: numbers, ids, `+ - * / ^`, comparisons, `AND`/`OR`, lists, and the functions ABS, AVG,
 * CEIL, FILL, FLOOR, IF, MAX, METRICS, MIN, PERIOD, RATE, SEARCH, SERVICE_QUOTA and SUM. Anything else is an error that names it.
 */
export const computeExpression = (expression: string, input: MathInput): Series => {
  const parser = createParser(tokens(expression), input);
  const value = parser.expression(0);
  parser.end();
  if (isList(value)) throw new Error(`The expression ${expression} gives a list where one series is needed.`);
  return value;
};

type Token = { readonly kind: 'number' | 'name' | 'symbol' | 'text'; readonly text: string };

const tokenPattern = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|'([^']*)'|(<=|>=|==|!=|&&|\|\||[-+*/^()[\],<>]))/y;

const tokens = (expression: string): Token[] => {
  const found: Token[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < expression.trimEnd().length) {
    const at = tokenPattern.lastIndex;
    const match = tokenPattern.exec(expression);
    if (match === null)
      throw new Error(`The expression ${expression} is not understood from ${expression.slice(at)} on.`);
    const [, number, name, text, symbol] = match;
    if (number !== undefined) found.push({ kind: 'number', text: number });
    else if (name !== undefined) found.push({ kind: 'name', text: name });
    else if (text !== undefined) found.push({ kind: 'text', text });
    else found.push({ kind: 'symbol', text: symbol ?? '' });
  }
  return found;
};

const strength = new Map(
  Object.entries({
    '||': 1,
    OR: 1,
    '&&': 2,
    AND: 2,
    '<': 3,
    '<=': 3,
    '>': 3,
    '>=': 3,
    '==': 3,
    '!=': 3,
    '+': 4,
    '-': 4,
    '*': 5,
    '/': 5,
    '^': 6,
  }),
);

const operators = new Map(
  Object.entries<(a: number, b: number) => number>({
    '||': (a, b) => Number(a !== 0 || b !== 0),
    OR: (a, b) => Number(a !== 0 || b !== 0),
    '&&': (a, b) => Number(a !== 0 && b !== 0),
    AND: (a, b) => Number(a !== 0 && b !== 0),
    '<': (a, b) => Number(a < b),
    '<=': (a, b) => Number(a <= b),
    '>': (a, b) => Number(a > b),
    '>=': (a, b) => Number(a >= b),
    '==': (a, b) => Number(a === b),
    '!=': (a, b) => Number(a !== b),
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
    '^': (a, b) => a ** b,
  }),
);

const createParser = (input: readonly Token[], math: MathInput) => {
  let position = 0;
  const peek = () => input[position]?.text;
  const take = (text: string) => {
    if (peek() !== text) throw new Error(`The expression has ${peek() ?? 'its end'} where ${text} is expected.`);
    position += 1;
  };
  const list = (close: string): Value[] => {
    const items: Value[] = [];
    while (peek() !== close) {
      items.push(expression(0));
      if (peek() !== close) take(',');
    }
    take(close);
    return items;
  };
  /** `SEARCH('{…} …', 'Sum', 300)` */
  const search = (): Value => {
    const [query, , statistic, , period] = input.slice(position, position + 5);
    if (query?.kind !== 'text' || statistic?.kind !== 'text' || period?.kind !== 'number')
      throw new Error(
        "SEARCH needs a search and a statistic in single quotes, and a period: SEARCH('{…}', 'Sum', 300).",
      );
    position += 5;
    take(')');
    return math.search(query.text, statistic.text);
  };
  const primary = (): Value => {
    const token = input[position];
    position += 1;
    if (token?.kind === 'number') return Number(token.text);
    if (token?.text === '-') return zip(operators.get('-'), 0, single(primary()));
    if (token?.text === '[') return list(']').flat();
    if (token?.text === '(') {
      const inner = expression(0);
      take(')');
      return inner;
    }
    if (token?.kind !== 'name')
      throw new Error(`The expression has ${token?.text ?? 'its end'} where a value is expected.`);
    if (peek() !== '(') return seriesNamed(math, token.text);
    take('(');
    if (token.text.toUpperCase() === 'SEARCH') return search();
    return callFunction(token.text, list(')'), math);
  };
  const expression = (weakest: number): Value => {
    let left = primary();
    for (;;) {
      const operator = peek() ?? '';
      const binding = strength.get(operator);
      if (binding === undefined || binding <= weakest) return left;
      position += 1;
      left = zip(operators.get(operator), single(left), single(expression(binding)));
    }
  };
  return {
    expression,
    end() {
      if (position < input.length) throw new Error(`The expression goes on with ${peek()} after its end.`);
    },
  };
};

const seriesNamed = ({ series }: MathInput, id: string): Series => {
  if (id === 'REPEAT') return Number.NaN;
  const found = series.get(id);
  if (found === undefined) throw new Error(`The expression names ${id}, and no query has this id.`);
  return found;
};
