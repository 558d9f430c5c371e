// Every measure there is, in the order of the page.
import { firstPayment } from './first-payment.js';
import { load } from './http/load.js';
import { profile } from './http/profile.js';
import { throughput } from './http/throughput.js';
import { bulk } from './ledger/bulk.js';
import { growth, opening, student, totals } from './ledger/growth.js';
import { rebuild } from './ledger/rebuild.js';
import type { Measure } from './measure.js';

export const MEASURES: readonly Measure[] = [
  ...throughput,
  bulk,
  rebuild,
  totals,
  student,
  opening,
  firstPayment,
  growth,
  profile,
  load,
];
