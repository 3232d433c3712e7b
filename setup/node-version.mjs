// Imported first by every entry script, and written so that an old Node can still read it.
var version = process.versions.node.split('.').map(Number);
if (version[0] < 20 || (version[0] === 20 && version[1] < 19)) {
  console.error(
    'GDBench needs Node 20.19 or newer, and this is Node ' +
      process.versions.node +
      ': install a newer one and run the command again.',
  );
  process.exit(1);
}
