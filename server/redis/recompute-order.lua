-- An order to measure closed days again: its row, that it is open, and its link of the audit chain, whole or not at all.
-- KEYS 1 orders, 2 open orders, 3 events of the order, 4 audit.  ARGV id, row, name in the chain, event, SHA-256 of the event.
-- Reply 1, or 0 when the order is there.
--@include audit-link
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('SADD', KEYS[2], ARGV[1])
redis.call('XADD', KEYS[3], '1-0', 'e', ARGV[4])
auditChain(KEYS[4])(ARGV[3], 1, ARGV[5])
return 1
