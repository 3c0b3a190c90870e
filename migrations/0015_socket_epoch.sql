-- Which start of its daemon a socket belongs to: workers forget the sockets of a daemon that was started again. The rows from before end with the
-- daemons that wrote them.
delete from socket_session;
alter table socket_session add column epoch text not null;
