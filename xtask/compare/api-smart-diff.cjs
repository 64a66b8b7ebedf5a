// A library has no command line: node api-smart-diff.cjs PACKAGES BEFORE AFTER
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");

const [packages, ...files] = process.argv.slice(2);
const { apiCompare } = createRequire(`${packages}/package.json`)("api-smart-diff");
const [before, after] = files.map((file) => JSON.parse(readFileSync(file, "utf8")));
const { diffs } = apiCompare(before, after);
// Without the values, which may refer to themselves.
console.log(JSON.stringify({ diffs: diffs.map(({ path, action, type }) => ({ path, action, type })) }));
