// Query parameters of the stored events.
import { Optional, WholeNumber } from './fields.js';

export class EventsQuery {
  /** First position. */
  @Optional()
  @WholeNumber(1, Number.MAX_SAFE_INTEGER)
  from?: number;

  @Optional()
  @WholeNumber(1, 500)
  limit?: number;
}
