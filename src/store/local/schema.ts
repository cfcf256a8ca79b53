/**
 * The tables of the database. The first four are schema 10, which Nix has used since 2016 and opens as its own;
 * whatever is ours has a name that begins with `Sysbuild`, so that Nix never meets it, and goes away with the path
 * that it speaks of, whoever deletes that.
 *
 * `ValidPaths.hash` is `sha256:` and base16; `deriver`, `sigs` (separated by spaces) and `ca` are null when there is
 * none; `ultimate` is 1 or null.
 */

/** The version in the `schema` file. */
export const schemaVersion = 10;

/** The version of our own tables, in `SysbuildSchema`. */
export const ownSchemaVersion = 1;

export const schemaText = `
create table if not exists ValidPaths (
  id integer primary key autoincrement not null,
  path text unique not null,
  hash text not null,
  registrationTime integer not null,
  deriver text,
  narSize integer,
  ultimate integer,
  sigs text,
  ca text
);
create table if not exists Refs (
  referrer integer not null,
  reference integer not null,
  primary key (referrer, reference),
  foreign key (referrer) references ValidPaths(id) on delete cascade,
  foreign key (reference) references ValidPaths(id) on delete restrict
);
create index if not exists IndexReferrer on Refs(referrer);
create index if not exists IndexReference on Refs(reference);
-- A path that refers to itself could otherwise never be deleted.
create trigger if not exists DeleteSelfRefs before delete on ValidPaths
  begin
    delete from Refs where referrer = old.id and reference = old.id;
  end;
create table if not exists DerivationOutputs (
  drv integer not null,
  id text not null,
  path text not null,
  primary key (drv, id),
  foreign key (drv) references ValidPaths(id) on delete cascade
);
create index if not exists IndexDerivationOutputs on DerivationOutputs(path);
`;

export const ownSchemaText = `
create table if not exists SysbuildSchema (version integer not null);
-- Which output of which derivation became which path.
create table if not exists SysbuildRealisations (
  drvPath text not null,
  outputName text not null,
  outPath integer not null,
  primary key (drvPath, outputName),
  foreign key (outPath) references ValidPaths(id) on delete cascade
);
create index if not exists SysbuildIndexRealisations on SysbuildRealisations(outPath);
-- Where a path came from: details are JSON.
create table if not exists SysbuildProvenance (
  path integer not null,
  kind text not null,
  time integer not null,
  details text not null,
  primary key (path, kind),
  foreign key (path) references ValidPaths(id) on delete cascade
);
insert into SysbuildSchema (version) select ${ownSchemaVersion} where not exists (select 1 from SysbuildSchema);
`;

/** Stand-ins for our tables, for reading a store that has none and may not be given any. */
export const emptyOwnTables = `
create temp table SysbuildRealisations (drvPath text, outputName text, outPath integer);
create temp table SysbuildProvenance (path integer, kind text, time integer, details text);
`;
