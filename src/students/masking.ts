// Masking 脱敏: what stands in an answer where a name or number would.

const STAR = '*';

/** `张三丰` → `张**` */
export const maskName = (name: string): string => {
  const [first = '', ...rest] = [...name];
  return first + STAR.repeat(Math.max(rest.length, 1));
};

/** `370811201501011234` → `370811********1234`; a letter ahead of 18 characters stays. */
export const maskNumber = (number: string): string => {
  const letter = number.length === 19 ? number.slice(0, 1) : '';
  const digits = number.slice(letter.length);
  return `${letter}${digits.slice(0, 6)}${STAR.repeat(Math.max(digits.length - 10, 0))}${digits.slice(-4)}`;
};

/** `2015-01-31` → `2015-**-**` */
export const maskDate = (date: string): string => `${date.slice(0, 4)}-**-**`;

const MASKS: Record<string, (text: string) => string> = {
  name: maskName,
  studentNumber: maskNumber,
  citizenNumber: maskNumber,
  birthDate: maskDate,
};

/** Masks the names and numbers of a registration; other fields pass. */
export function masked<Data extends object>(data: Data): Data {
  const change = ([field, value]: [string, unknown]): [string, unknown] => {
    const mask = MASKS[field];
    return [field, mask && typeof value === 'string' ? mask(value) : value];
  };
  return Object.fromEntries(Object.entries(data).map(change)) as Data;
}
