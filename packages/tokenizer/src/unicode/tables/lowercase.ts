// Written by fixtures/unicode-tables.mjs; do not edit.

/**
 * Lowercase letters of single code points: runs of first code point, how many, step from one to the next, and what is to be
 * added, each in base 36. U+0130, which becomes two characters, is left out.
 */
export const lowercaseRuns: string =
  '1t,q,1,w 5c,n,1,w 60,7,1,w 74,o,2,1 8i,3,2,1 8p,8,2,1 96,n,2,1 ag,1,0,-3d ah,3,2,1 ap,1,0,5u aq,2,2,1 au,1,0,5' +
  'q av,1,0,1 ax,2,1,5p az,1,0,1 b2,1,0,27 b3,1,0,5m b4,1,0,5n b5,1,0,1 b7,1,0,5p b8,1,0,5r ba,1,0,5v bb,1,0,5t b' +
  'c,1,0,1 bg,1,0,5v bh,1,0,5x bj,1,0,5y bk,3,2,1 bq,1,0,62 br,1,0,1 bt,1,0,62 bw,1,0,1 by,1,0,62 bz,1,0,1 c1,2,1' +
  ',61 c3,2,2,1 c7,1,0,63 c8,1,0,1 cc,1,0,1 ck,1,0,2 cl,1,0,1 cn,1,0,2 co,1,0,1 cq,1,0,2 cr,9,2,1 da,9,2,1 dt,1,0' +
  ',2 du,2,2,1 dy,1,0,-2p dz,1,0,-1k e0,k,2,1 f4,1,0,-3m f6,9,2,1 fu,1,0,8bv fv,1,0,1 fx,1,0,-4j fy,1,0,8bs g1,1,' +
  '0,1 g3,1,0,-5f g4,1,0,1x g5,1,0,1z g6,5,2,1 og,2,2,1 om,1,0,1 ov,1,0,38 p2,1,0,12 p4,3,1,11 p8,1,0,1s pa,2,1,1' +
  'r pd,h,1,w pv,9,1,w r3,1,0,8 rc,c,2,1 s4,1,0,-1o s7,1,0,1 s9,1,0,-7 sa,1,0,1 sd,3,1,-3m sg,g,1,28 sw,w,1,w v4,' +
  'h,2,1 wa,r,2,1 xs,1,0,f xt,7,2,1 y8,1c,2,1 10x,12,1,1c 3a8,12,1,5ls 3bb,1,0,5ls 3bh,1,0,5ls 3vk,28,1,tzk 3xs,6' +
  ',1,8 5mx,1,0,1 5n4,17,1,-2bk 5od,3,1,-2bk 5xc,23,2,1 61q,1,0,-5vj 61s,1c,2,1 64o,8,1,-8 654,6,1,-8 65k,8,1,-8 ' +
  '660,8,1,-8 66g,6,1,-8 66x,4,2,-8 67c,8,1,-8 688,8,1,-8 68o,8,1,-8 694,8,1,-8 69k,2,1,-8 69m,2,1,-22 69o,1,0,-9' +
  ' 6a0,4,1,-2e 6a4,1,0,-9 6ag,2,1,-8 6ai,2,1,-2s 6aw,2,1,-8 6ay,2,1,-34 6b0,1,0,-7 6bc,2,1,-3k 6be,2,1,-3i 6bg,1' +
  ',0,-9 6jq,1,0,-5st 6ju,1,0,-6gv 6jv,1,0,-6di 6k2,1,0,s 6lc,g,1,g 6mb,1,0,1 792,q,1,q 8ow,1c,1,1c 8rk,1,0,1 8rm' +
  ',1,0,-8af 8rn,1,0,-2xy 8ro,1,0,-89z 8rr,3,2,1 8rx,1,0,-8bg 8ry,1,0,-8al 8rz,1,0,-8bj 8s0,1,0,-8bi 8s2,1,0,1 8s' +
  '5,1,0,1 8se,2,1,-8cf 8sg,1e,2,1 8vf,2,2,1 8vm,1,0,1 wu8,n,2,1 ww0,e,2,1 x0i,7,2,1 x0y,v,2,1 x2x,2,2,1 x31,1,0,' +
  '-r9g x32,5,2,1 x3f,1,0,1 x3h,1,0,-wmg x3k,2,2,1 x3q,a,2,1 x4a,1,0,-wn8 x4b,1,0,-wnj x4c,1,0,-wnf x4d,1,0,-wn5 ' +
  'x4e,1,0,-wn8 x4g,1,0,-wlu x4h,1,0,-wmi x4i,1,0,-wlx x4j,1,0,ps x4k,8,2,1 x50,1,0,-1c x51,1,0,-wn7 x52,1,0,-raw' +
  ' x53,2,2,1 x57,1,0,-wo7 x58,8,2,1 x5o,1,0,-wu9 x6d,1,0,1 1ee9,q,1,w 1fcw,14,1,14 1fhs,10,1,14 1fn4,b,1,13 1fng' +
  ',f,1,13 1fnw,7,1,13 1fo4,2,1,13 1h1c,1f,1,1s 1h74,m,1,w 1jfk,w,1,w 20cg,w,1,w 20f4,p,1,r 2olc,y,1,y';
