#!lua flags=no-writes
-- Lists the lives whose lease runs.
-- KEYS[1] lives by the end of their lease
-- Returns their ids.
local lives = KEYS[1]
--@include time.lua

return redis.call('ZRANGEBYSCORE', lives, '(' .. text(now_ms()), '+inf')
