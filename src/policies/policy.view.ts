// Reading policies: a page of them, one of them, and the whole book that decisions rely on.
import { Injectable } from '@nestjs/common';
import { fold } from '../core/decider.js';
import { readEvent } from '../core/event.js';
import { EventStore } from '../event-store/event-store.js';
import { paged, type Page } from '../office/page.js';
import { Tables, type Row } from '../tables/tables.js';
import type { PolicyEvent } from './policy.events.js';
import { policyDecider, type Policy, type PolicyBook } from './policy.js';

interface PolicyRow extends Row {
  policy_id: string;
  revision: number;
  position: number;
  body: string;
}

const asPolicy = ({ body, revision }: PolicyRow): Policy & { revision: number } => ({
  ...(JSON.parse(body) as Policy),
  revision,
});

/** The book, the last change in it, and where the views stood when it was looked for. */
interface Known {
  viewsAt: number | undefined;
  position: number;
  book: PolicyBook;
}

@Injectable()
export class PolicyView {
  private known: Known = { viewsAt: undefined, position: -1, book: new Map() };

  constructor(
    private readonly models: Tables,
    private readonly store: EventStore,
  ) {}

  /**
   * Every policy; kept until the register shows a later change. Whoever says at which position the views stand looks
   * into the register only if they stood elsewhere before.
   */
  async book(viewsAt?: number): Promise<PolicyBook> {
    if (viewsAt !== undefined && viewsAt === this.known.viewsAt) return this.known.book;
    const [latest] = await this.models.query<{ position: number | null }>(
      'select max(position) as position from policy',
    );
    const position = latest?.position ?? 0;
    const book = position === this.known.position ? this.known.book : await this.read();
    this.known = { viewsAt, position, book };
    return book;
  }

  private async read(): Promise<PolicyBook> {
    const rows = await this.models.query<PolicyRow>('select * from policy order by policy_id');
    return new Map(rows.map((row) => [row.policy_id, asPolicy(row)]));
  }

  /** Every policy as the ledger knew it at a position: what was published later is not in it. */
  async bookAt(position: number): Promise<PolicyBook> {
    const book = new Map<string, Policy>();
    for (const policyId of (await this.book()).keys()) {
      const stored = await this.store.readStream(`policy-${policyId}`, position);
      const policy = fold(
        policyDecider,
        stored.map((event) => readEvent<PolicyEvent>(event)),
      );
      if (policy) book.set(policyId, policy);
    }
    return book;
  }

  async one(policyId: string) {
    const [row] = await this.models.query<PolicyRow>('select * from policy where policy_id = $1', [policyId]);
    return row && asPolicy(row);
  }

  async page({ limit, after = '' }: Page) {
    const text = 'select * from policy where policy_id > $1 order by policy_id limit $2';
    return paged(await this.models.query<PolicyRow>(text, [after, limit + 1]), limit, (row) => row.policy_id, asPolicy);
  }
}
