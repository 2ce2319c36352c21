-- where a visitor's browser came from when it was first let in, two letters, when a database of addresses is there
alter table visitor add column country text;
-- which visit of the browser the chat began in, 1 for the first; none where pages do not tell of visits
alter table chat add column visits bigint;
-- when one of the agent's browsers was last touched, to the minute; and since when the agent is away by that alone
alter table membership add column touched_at bigint;
alter table membership add column rested_at bigint;
