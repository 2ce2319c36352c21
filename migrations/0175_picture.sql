-- SHA-256 of an agent's picture: a square JPEG among the contents. Whoever is told it may see it.
alter table agent add column picture text;
create index agent_picture on agent (picture);
