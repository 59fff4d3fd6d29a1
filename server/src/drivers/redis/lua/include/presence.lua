--@include host-online.lua
--@include presence-format.lua

-- How the hosts are now; notes since when none is online, and when to look whether they are gone. That
-- they are is for who looks to say (`host-judge`). Answers also since when; wants `room.online` and
-- `room.hosts_away`.
local function note_host_state(room)
  local row = redis.call('HMGET', room.hash, 'hosts', 'hostGraceMs', 'hostAwaySince', 'hadHost',
    'onHostGone', 'goneSince')
  local since = row[3]
  if host_online(room.online, row[1]) then
    if since ~= '' then
      redis.call('HSET', room.hash, 'hostAwaySince', '')
      redis.call('ZREM', room.hosts_away, room.id)
    end
    return 'present'
  end
  if since == '' then
    since = room.at
    redis.call('HSET', room.hash, 'hostAwaySince', since, 'hadHost', '1')
  end
  local is_gone = row[6] == since
  -- Where somebody is to inherit the room of a host who was there, whoever comes may be the one.
  if not is_gone or (row[5] == 'transfer' and row[4] == '1') then
    redis.call('ZADD', room.hosts_away, text(since + row[2]), room.id)
  end
  return is_gone and 'gone' or 'away', since
end

-- Counts and announces one change of who is in the room. Wants `room.online`,
-- `room.roster` and `room.hosts_away`.
local function announce_presence(room, delta)
  local version = text(redis.call('HINCRBY', room.hash, 'presenceVersion', 1))
  local count = redis.call('ZCARD', room.roster)
  redis.call('HSET', room.hash, 'memberCount', count)
  publish(room, 'p ' .. room.rev .. ' ' .. version .. ' ' .. count .. ' ' .. note_host_state(room),
    delta)
end
