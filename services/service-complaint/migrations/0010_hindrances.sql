-- What keeps casework from doing what was promised, as it said (4.9). The action stays open, and the list of open actions shows it.
alter table actions add column hindrance text not null default '';
