// `aid-ledger keys issue|list|revoke`: API keys for whoever sits at the host; the way in when no other key is left.
import { AccessBook, IssueKey, RevokeKey } from '../access/access.handler.js';
import { AccessView } from '../access/access.view.js';
import { Credentials, Doors } from '../access/credential.view.js';
import { isRole, ROLE_NAMES, type Role } from '../access/matrix.js';
import { Permits } from '../access/permits.view.js';
import { isScope, scopeText, type Scope } from '../access/scope.js';
import type { CivilDate } from '../core/civil-date.js';
import { EVERYTHING } from '../core/reach.js';
import type { CommandContext } from '../event-store/order.js';
import { openInstallation, type Installation } from '../installation.js';
import { newApiKey } from '../keys/api-key.js';
import { SchoolView } from '../schools/school.view.js';
import { usageFailure } from './failure.js';
import { findLedger } from './ledger.js';
import { table } from './table.js';

interface OnStore {
  store: string;
}

export interface IssueOptions extends OnStore {
  name: string;
  role: string;
  scope: string;
  expiresOn?: CivilDate;
}

export interface RevokeOptions extends OnStore {
  reason: string;
}

export async function issue({ store, name, role, scope, expiresOn }: IssueOptions): Promise<void> {
  const allowed = { role: roleOf(role), scope: scopeOf(scope), ...(expiresOn && { expiresOn }) };
  const { key, ...made } = newApiKey();
  await withBook(store, async ({ book, context }) => {
    await book.issue(new IssueKey({ name, ...allowed, ...made }, context));
  });
  console.log(`密钥只显示这一次。 The key is shown this once.\n${key}`);
}

export async function list({ store }: OnStore): Promise<void> {
  await withBook(store, async ({ view }) => {
    const { items } = await view.keys({ limit: 500, after: undefined }, EVERYTHING);
    for (const line of table(COLUMNS, items as Listed[])) console.log(line);
  });
}

export async function revoke(keyId: string, { store, reason }: RevokeOptions): Promise<void> {
  await withBook(store, async ({ book, context }) => {
    await book.revoke(new RevokeKey({ keyId, reason }, context));
  });
  console.log(`已吊销 ${keyId}。 ${keyId} is revoked.`);
}

interface Listed {
  keyId: string;
  name: string;
  role: Role;
  scope: Scope;
  expiresOn?: CivilDate;
  revoked: { recordedAt: string } | null;
}

const COLUMNS = [
  { zh: '密钥', en: 'key', cell: ({ keyId }: Listed) => keyId },
  { zh: '名称', en: 'name', cell: ({ name }: Listed) => name },
  { zh: '角色', en: 'role', cell: ({ role }: Listed) => role },
  { zh: '范围', en: 'scope', cell: ({ scope }: Listed) => scopeText(scope) },
  { zh: '有效期至', en: 'expires', cell: ({ expiresOn }: Listed) => expiresOn ?? '—' },
  { zh: '吊销', en: 'revoked', cell: ({ revoked }: Listed) => revoked?.recordedAt ?? '—' },
];

function roleOf(text: string): Role {
  if (!isRole(text)) throw usageFailure(`没有角色 ${text}。 --role takes ${ROLE_NAMES.join(', ')}.`);
  return text;
}

/** `all`, or a name and a value, e.g. `districtId=rencheng`. */
function scopeOf(text: string): Scope {
  const [name = '', value = ''] = text.split('=', 2);
  const scope = { [name]: name === 'all' && value === '' ? true : value };
  if (!isScope(scope))
    throw usageFailure(
      `范围不对:${text}。 --scope takes all, province=37, city=3708, districtId=… or schoolId=… (10 digits).`,
    );
  return scope;
}

interface Office {
  book: AccessBook;
  view: AccessView;
  context: CommandContext;
}

/** Opens the ledger alone; on embedded files it is refused while a service runs. */
async function withBook(store: string, work: (office: Office) => Promise<void>): Promise<void> {
  const installation = await openInstallation(findLedger(store));
  try {
    await installation.projector.start();
    await work(officeOf(installation));
  } finally {
    await installation.close();
  }
}

function officeOf({ ledger, models, sealer, freshness, clock, ids, bootstrapKey }: Installation): Office {
  const credentials = new Credentials(ledger, clock, Doors.of(bootstrapKey));
  const permits = new Permits(new SchoolView(models), freshness);
  const id = ids.next();
  const actor = { id: 'operator', role: 'operator', name: 'Operator of the host 主机操作员' };
  return {
    book: new AccessBook(ledger, permits, credentials, clock, ids),
    view: new AccessView(models, sealer),
    context: { actor, commandId: id, fingerprint: '', requestId: id, reach: EVERYTHING },
  };
}
