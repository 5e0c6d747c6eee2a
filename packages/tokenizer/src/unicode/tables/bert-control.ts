// Written by fixtures/unicode-tables.mjs; do not edit.

/** What `BertNormalizer` removes when it cleans text: control, format and private-use characters, U+0000, U+FFFD. */
export const bertControlSet: string =
  'AJCCBSdRbHNBcaKGWBhKBbXBglIBdaQFbAFbXFBKcuoEjmEchBBjPDBBgiXBcncKEhwXIbtkzMBbEdSdstSdsyOCdsyO';
