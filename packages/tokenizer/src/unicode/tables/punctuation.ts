// Written by fixtures/unicode-tables.mjs; do not edit.

/** What `Punctuation` and `BertPreTokenizer` take for punctuation: general category P of an older Unicode, and ASCII signs. */
export const punctuationSet: string =
  'bHPKHbAGbAEbIBFBDBKCDBDBbbABIBrYGbPCbZBBBCBCBbSCUCBCNBCCcWEdYBbROiZDcCPbFBkBCKBoTBbdRBdMBKCgMPBBbLEcTBcWFECeHG' +
  'gPBxOJfVBxWCbSCdADcTCgBDBDbLLmBCiICeYHBGgQHfZEcHFcKCcMILBbfWYIUBNBMbECOCyJEbDCbpTOdBCbFKpNWcLEbGCbdJEBCeIBfNbV' +
  'BTrEDEKCMQBMBdUBdMBbryGCkJDdVBKBeLGoQEdICbODBBbXCbVBdTNQCeUEeWCQCjPBbeuSCiAKWbJBOBBEBBCfTDBGBEKCDCbADBBbBBBBBH' +
  'pUDzSBbWBpYBbcPBhRBbFBkMJbMBeIHcOHdLEbtYHeFCBEeWEbWCdBFDBNBBDdKGeDBuUBjQXeBDjODezXFbamZCfDBcNFIBbevABliLF';
