-- How much the rows of an agent's Inbox show: `comfortable`, `compact`.
alter table agent add column density text not null default 'comfortable';
