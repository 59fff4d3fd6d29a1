#!lua flags=allow-oom
-- Lists a session as ended, for every node to see.
-- KEYS[1] stream of ended sessions
-- ARGV[1] session id
-- ARGV[2] how many the list holds, at the least
-- ARGV[3] life of the list in ms
-- Returns 1.
local ended, session_id, listed, list_ms = KEYS[1], ARGV[1], ARGV[2], ARGV[3]

redis.call('XADD', ended, 'MAXLEN', '~', listed, '*', 'id', session_id)
redis.call('PEXPIRE', ended, list_ms)
return 1
