function stackhouseBurn(n) { let x = 0; for (let i = 0; i < n; i++) x = (x * 31 + i) | 0; return x; }
for (let i = 0; i < 200; i++) stackhouseBurn(100000);
console.log('ready');
setInterval(() => {}, 1000);
