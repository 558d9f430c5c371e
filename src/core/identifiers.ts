// National identifiers and their check digits.

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_DIGITS = '10X98765432';

/** Citizen number 公民身份号码: 17 digits and the check digit of GB 11643. */
export function isCitizenNumber(text: string): boolean {
  if (!/^\d{17}[\dX]$/.test(text)) return false;
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(text[index]), 0);
  return CHECK_DIGITS[sum % 11] === text[17];
}

/** Whether a citizen number stands anywhere in a text, e.g. inside a student number. */
export const holdsCitizenNumber = (text: string): boolean =>
  [...text.matchAll(/(?=(\d{17}[\dXx]))/g)].some(([, found = '']) => isCitizenNumber(found.toUpperCase()));

/** National student number 学籍号: G, J or L and 18 characters (a citizen number, one built like it, or a temporary one). */
export const isStudentNumber = (text: string): boolean => /^[GJL]\d{17}[\dX]$/.test(text);

/** School code 学校标识码: 10 digits, class (2), province (2), serial (6). It has no check digit. */
export const isSchoolCode = (text: string): boolean => /^\d{10}$/.test(text);
