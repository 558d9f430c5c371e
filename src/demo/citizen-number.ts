// Made-up citizen numbers that are well formed: division, birth date, serial and the check digit of GB 11643.
import type { CivilDate } from '../core/civil-date.js';

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_DIGITS = '10X98765432';

/** The serial is odd for boys and even for girls. */
export function citizenNumber(division: string, birthDate: CivilDate, serial: number): string {
  const digits = `${division}${birthDate.replaceAll('-', '')}${String(serial).padStart(3, '0')}`;
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(digits[index]), 0);
  return digits + CHECK_DIGITS[sum % 11];
}
