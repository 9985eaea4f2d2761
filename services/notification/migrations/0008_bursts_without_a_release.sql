-- A burst of which nothing has gone at once yet says so by saying nothing.
alter table bursts alter column released_at drop not null;
update bursts set released_at = null where released_at = 'epoch';
