-- How far the letters of a domain are spent: none goes there while that is too far ahead of now.
create table domain_rate (
    domain text primary key,
    spent_at bigint not null
);
create index domain_rate_spent on domain_rate (spent_at);
