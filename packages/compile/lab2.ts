import * as tf from '@tensorflow/tfjs-core';
import { compileTrainStep, tensorData, RandomStream, layerNorm, linear, gelu, causalAttention, softmaxCrossEntropy, embeddingLookup } from './src/index.ts';
import { nodeRuntime } from './src/node.ts';
const [L, H, C, T, B, V, reps] = process.argv.slice(2).map(Number) as number[];
const random = new RandomStream(1);
const mk = (...s: number[]) => tensorData(Float32Array.from({ length: s.reduce((a, b) => a * b, 1) }, () => random.normal() * 0.02), s);
const p: any = { wte: mk(V, C), wpe: mk(T, C), gf: mk(C) };
for (let l = 0; l < L; l++) Object.assign(p, { [`g1${l}`]: mk(C), [`g2${l}`]: mk(C), [`qkv${l}`]: mk(3 * C, C), [`o${l}`]: mk(C, C), [`f1${l}`]: mk(4 * C, C), [`f2${l}`]: mk(C, 4 * C) });
const loss = (p: any, b: any) => {
  let x = tf.add(embeddingLookup(p.wte, b.x), embeddingLookup(p.wpe, tf.range(0, T, 1, 'int32')));
  for (let l = 0; l < L; l++) {
    const h = linear(layerNorm(x, p[`g1${l}`]), p[`qkv${l}`]);
    const [q, k, v] = tf.split(h, 3, -1).map((t) => tf.transpose(tf.reshape(t, [B, T, H, C / H]), [0, 2, 1, 3]));
    x = tf.add(x, linear(tf.reshape(tf.transpose(causalAttention(q, k, v), [0, 2, 1, 3]), [B, T, C]), p[`o${l}`]));
    x = tf.add(x, linear(gelu(linear(layerNorm(x, p[`g2${l}`]), p[`f1${l}`])), p[`f2${l}`]));
  }
  return softmaxCrossEntropy(linear(layerNorm(x, p.gf), p.wte), b.y);
};
const ids = () => tensorData(Int32Array.from({ length: B * T }, () => random.integer(V)), [B, T]);
const batch = { x: ids(), y: ids() };
let t = performance.now();
import { trace } from "./src/trace/trace.ts"; import { optimize } from "./src/passes/optimize.ts"; import { encodeModel, outputName } from "./src/onnx/encode-model.ts"; import { lossAndGradients } from "./src/loss-and-gradients.ts"; import * as ort from "onnxruntime-node"; import fs from "node:fs";
const names = Object.keys(p); const specs: any = {}; for (const n of names) specs["p."+n]=p[n]; specs["b.x"]=batch.x; specs["b.y"]=batch.y;
const graph = optimize(trace((t: any) => { const pp: any = {}; for (const n of names) pp[n]=t["p."+n]; const r = lossAndGradients(loss as any, pp, {x:t["b.x"],y:t["b.y"]}, names); const o: any = {loss: r.loss}; r.gradients.forEach((g,i)=>o["g."+names[i]]=g); return o; }, specs));
const s = await ort.InferenceSession.create(encodeModel(graph), { intraOpNumThreads: 2, enableProfiling: true, profileFilePrefix: "/tmp/lab/prof", graphOptimizationLevel: (process.env.LEVEL as any) ?? "all" });
const feeds: any = {}; for (const k in specs) feeds[k] = new ort.Tensor(specs[k].dtype, specs[k].data, specs[k].shape);
const fetches: any = {}; for (const [n, v] of graph.outputs) fetches[outputName(n)] = new ort.Tensor("float32", new Float32Array(v.shape.reduce((a,b)=>a*b,1)), v.shape as number[]);
const step = { nodeCount: graph.nodes.length, run: async (_: any) => { const r = await s.run(feeds, fetches); return (r["output.loss"] as any).data[0]; } };
console.log('build', performance.now() - t, 'nodes', step.nodeCount);
const times = []; let pf0 = process.resourceUsage().minorPageFault;
for (let i = 0; i < reps; i++) { t = performance.now(); const l = await step.run(batch); times.push(performance.now() - t); { const pf = process.resourceUsage().minorPageFault; if (process.env.PF) console.log("faults", pf - pf0, times.at(-1)); pf0 = process.resourceUsage().minorPageFault; } if (i === 0) console.log(l); }
times.sort((a, b) => a - b);
console.log('median', times[reps >> 1], 'min', times[0]);
s.endProfiling();
