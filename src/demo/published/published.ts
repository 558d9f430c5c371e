// Part two: tables that real places have published, recorded payment by payment and compared.
import type { Client } from '../client.js';
import { chapter, line, remark } from '../transcript.js';
import { compare } from './compare.js';
import { JIANGBEI, LONGKOU, ZHANHE, type Place } from './places.js';
import { record } from './record.js';

export async function reproducePublished(client: Client): Promise<void> {
  chapter('复现公布的统计表', 'Published tables are reproduced');
  remark('数字取自公布的网页。 The figures are facts from the published pages.');
  for (const place of [LONGKOU, JIANGBEI, ZHANHE]) await reproduce(client, place);
}

async function reproduce(client: Client, place: Place): Promise<void> {
  line();
  line(`${place.name} · ${place.period}`);
  remark(`来源 source: ${place.source}`);
  remark(`说明 ours: ${place.ours}`);
  await record(client, place);
  await compare(client, place);
}
