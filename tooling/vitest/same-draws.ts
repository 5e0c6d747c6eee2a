import fc from 'fast-check';

// Property tests draw the same at every run, so that a failure is the change's and can be had again. WORDLOOM_SEED draws others.
fc.configureGlobal({ seed: Number(process.env.WORDLOOM_SEED ?? 1) });
