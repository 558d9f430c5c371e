// Hardship categories 困难类别 that a determination may name (district and provincial lists, 2014–2025).

interface HardshipCategory {
  zh: string;
  en: string;
  /** A determination of this category counts as one of the wider category too. */
  within?: string;
}

export const HARDSHIP_CATEGORIES = {
  'family-economic-hardship': { zh: '家庭经济困难', en: 'family in economic hardship' },
  'registered-poor-household': { zh: '建档立卡贫困户', en: 'registered poor household (label until 2020)' },
  'post-poverty-with-policy': {
    zh: '脱贫享受政策家庭',
    en: 'household out of poverty, still under policy (from 2021)',
  },
  'anti-relapse-monitored': {
    zh: '防止返贫监测帮扶对象',
    en: 'household monitored against relapse into poverty (from 2021)',
  },
  'dibao-urban-rural': { zh: '城乡最低生活保障家庭', en: 'minimum-living-allowance household' },
  'dibao-rural': { zh: '农村低保', en: 'rural minimum-living-allowance household', within: 'dibao-urban-rural' },
  'dibao-urban': { zh: '城市低保', en: 'urban minimum-living-allowance household', within: 'dibao-urban-rural' },
  'dibao-edge': { zh: '低保边缘家庭', en: 'household at the edge of the minimum living allowance' },
  tekun: { zh: '特困救助供养', en: 'person in extreme difficulty under state support' },
  orphan: { zh: '孤儿', en: 'orphan' },
  'de-facto-unsupported': { zh: '事实无人抚养儿童', en: 'child de facto without support' },
  'key-distressed-child': { zh: '重点困境儿童', en: 'child in key distress' },
  disabled: { zh: '残疾学生', en: 'disabled student' },
  'disabled-hardship': { zh: '家庭经济困难残疾学生', en: 'disabled student of a family in hardship' },
  'child-of-disabled': { zh: '残疾人子女', en: 'child of a disabled person' },
  'martyr-child': { zh: '烈士子女', en: 'child of a martyr' },
  'left-behind-child': { zh: '留守儿童', en: 'left-behind child' },
  'migrant-workers-children': { zh: '进城务工人员随迁子女', en: 'child of migrant workers' },
} as const satisfies Record<string, HardshipCategory>;

export type HardshipCategoryId = keyof typeof HARDSHIP_CATEGORIES;

export const isHardshipCategory = (id: string): id is HardshipCategoryId => Object.hasOwn(HARDSHIP_CATEGORIES, id);

/** The category itself and the wider one that contains it. */
export function categoriesCounted(id: string): string[] {
  const category: HardshipCategory | undefined = isHardshipCategory(id) ? HARDSHIP_CATEGORIES[id] : undefined;
  return category?.within ? [id, category.within] : [id];
}
