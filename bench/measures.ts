// Every measure there is, in the order of the page.
import { firstPayment } from './first-payment.js';
import { load } from './http/load.js';
import { throughput } from './http/throughput.js';
import type { Measure } from './measure.js';

export const MEASURES: readonly Measure[] = [...throughput, firstPayment, load];
