// The benchmarks are fair and told rightly: opponents do the same work as the ledger, and a section says what was measured.
import { newDatabase, sharedPostgres } from './support/postgres.js';
import { testWith } from './support/missing.js';
import { faultsOf } from '../bench/http/check.js';
import { bytesOf, CONNECTIONS, drive } from '../bench/http/driver.js';
import { startLedger } from '../bench/http/ledger.js';
import { opponentTarget, totalOf } from '../bench/http/opponent.js';
import { hasEmmett } from '../bench/http/opponents/emmett.js';
import { serveOpponent, type OpponentName } from '../bench/http/opponents/service.js';
import { paymentOf, paymentsOf, postOf } from '../bench/http/payments.js';
import type { Target } from '../bench/http/target.js';
import { sectionOf, withSection } from '../bench/report.js';
import { MEASURES } from '../bench/measures.js';
import type { Measure, Result } from '../bench/measure.js';

const postgres = sharedPostgres();
const database = (): Promise<string> => newDatabase(postgres ?? '');

async function opponent(name: OpponentName, url?: string): Promise<Target> {
  return opponentTarget(name, await serveOpponent(name, url), url);
}

async function faultsAndStop(target: Target): Promise<string[]> {
  try {
    return await faultsOf(target);
  } finally {
    await target.stop();
  }
}

describe('before they are timed', () => {
  test('the ledger passes the check', async () => {
    expect(await faultsAndStop(await startLedger('ledger'))).toEqual([]);
  });

  test('the bare framework passes what it has to', async () => {
    expect(await faultsAndStop(await opponent('bare'))).toEqual([]);
  });

  testWith(postgres !== undefined, 'PostgreSQL')('the ledger on PostgreSQL passes the check', async () => {
    expect(await faultsAndStop(await startLedger('ledger', await database()))).toEqual([]);
  });

  testWith(postgres !== undefined, 'PostgreSQL')('the CRUD service passes the check', async () => {
    expect(await faultsAndStop(await opponent('crud', await database()))).toEqual([]);
  });

  testWith(postgres !== undefined && hasEmmett(), 'PostgreSQL or Emmett')('Emmett passes the check', async () => {
    expect(await faultsAndStop(await opponent('emmett', await database()))).toEqual([]);
  });

  test('control: a contender that acknowledges without storing is found', async () => {
    const bare = await opponent('bare');
    expect(await faultsAndStop({ ...bare, total: () => totalOf(bare.port) })).toEqual([
      'the same key was not answered as the first time',
      'a payment above the entitlement was answered 201',
      '625.00 yuan were acknowledged and 0 are recorded',
    ]);
  });

  testWith(postgres !== undefined, 'PostgreSQL')('two payments at once cannot exceed the entitlement', async () => {
    const crud = await opponent('crud', await database());
    const [student = ''] = await crud.newStudents(1);
    const twice = ['a', 'b'].map((key) => bytesOf(postOf(paymentOf(student, '600.00', 'V-1'), key, {})));
    const { acknowledged, others } = await drive(crud.port, twice.values(), 5);
    await crud.stop();
    expect([acknowledged, [...others]]).toEqual([1, [[422, 1]]]);
  });
});

describe('the load', () => {
  test('answers are as long as the ledger’s, within a tenth', async () => {
    const lengths: number[] = [];
    for (const target of [await startLedger('ledger'), await opponent('bare')]) {
      const [student = ''] = await target.newStudents(1);
      const reply = await fetch(`http://127.0.0.1:${target.port}/v1/payments`, {
        method: 'POST',
        headers: { ...target.headers, 'content-type': 'application/json', 'idempotency-key': 'one' },
        body: JSON.stringify(paymentOf(student, '50.00', 'V-1')),
      });
      lengths.push((await reply.text()).length);
      await target.stop();
    }
    const [ours = 0, theirs = 0] = lengths;
    expect(Math.abs(theirs - ours)).toBeLessThan(ours / 10);
  });

  test('every request is sent once and counted by its answer', async () => {
    const bare = await opponent('bare');
    const students = await bare.newStudents(10);
    const valid = [...paymentsOf(students, {})];
    const malformed = students.map((student) => postOf(paymentOf(student, '5,0', 'V-1'), student, {}));
    const requests = [...valid, ...malformed].map(bytesOf);
    const { acknowledged, others } = await drive(bare.port, requests.values(), 10);
    await bare.stop();
    expect(requests.length).toBeGreaterThan(CONNECTIONS);
    expect([acknowledged, [...others]]).toEqual([valid.length, [[400, malformed.length]]]);
  });

  test('no key and no payment of a student comes twice', () => {
    const requests = [...paymentsOf(['a', 'b', 'c'], {})];
    const keys = requests.map(({ headers }) => headers['idempotency-key']);
    expect([keys.length, new Set(keys).size]).toEqual([36, 36]);
  });
});

describe('the report', () => {
  const measure: Measure = {
    id: 'B0',
    says: 'one way against another',
    run: () => Promise.reject(new Error('unused')),
  };
  const result: Result = {
    figures: [
      { name: 'ours', unit: 'rows/s', rounds: [1250.4, 900, 1100] },
      { name: 'theirs', unit: 'rows/s', rounds: [2000, 2200, 2100] },
    ],
    goals: [
      { says: 'ours ÷ theirs', value: 1100 / 2100, limit: 0.6, bound: 'at-least' },
      { says: 'memory', value: 200, limit: 200, bound: 'at-most', unit: 'MB' },
    ],
    remarks: ['Made up.'],
  };

  test('gives median, range and whether each goal holds', () => {
    expect(sectionOf(measure, result, 'a machine').split('\n')).toEqual([
      'One way against another.',
      '',
      '| contender | median | min–max of the rounds |',
      '|---|---|---|',
      '| ours | 1,100 rows/s | 900–1,250 (3) |',
      '| theirs | 2,100 rows/s | 2,000–2,200 (3) |',
      '',
      '| goal | value | limit | |',
      '|---|---|---|---|',
      '| ours ÷ theirs | 0.524 | ≥ 0.6 | does not hold |',
      '| memory | 200 MB | ≤ 200 MB | holds |',
      '',
      '- Made up.',
      '- a machine',
    ]);
  });

  test('replaces its own section and leaves the rest of the page', () => {
    const page = '# Page\n<!-- B0 -->\nold\n<!-- /B0 -->\nprose\n<!-- B1 -->\nkept\n<!-- /B1 -->\n';
    const once = withSection(page, 'B0', 'new');
    expect(once).toBe(page.replace('old', 'new'));
    expect(withSection(once, 'B0', 'new')).toBe(once);
  });

  test('puts a measure that the page does not know at its end', () => {
    expect(withSection('# Page\n', 'B0', 'new')).toBe('# Page\n\n## B0\n<!-- B0 -->\nnew\n<!-- /B0 -->\n');
  });

  test('has a name of its own for every measure', () => {
    const ids = MEASURES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
