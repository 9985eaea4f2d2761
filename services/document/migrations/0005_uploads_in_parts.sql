-- An object in an S3-compatible store that is written in parts has a name of its own there until it is whole. Whoever sweeps up after a
-- process that died needs it: the parts are kept, and paid for, until they are given up by this name.
alter table uploads add column multipart text;
