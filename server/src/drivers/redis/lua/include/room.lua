--@include time.lua
--@include replid.lua

-- A room whose data lost a tail may give out numbers again that somebody has seen. A thousand is
-- more than the changes of rights that a replica lags behind.
local REV_LEAP = 1000
-- What hosts get, beside their grace, to come back to a room whose data may be an older one.
local RETURN_MS = 15000

-- Begins a new life of the room's data, because Redis' history is not the one that the room knows:
-- no id and no version is given twice. `lifeAt` tells how far back the archive may know more.
local function begin_life(room, replid)
  room.epoch = text(math.max(room.now, room.epoch + 1))
  room.rev = text(room.rev + REV_LEAP)
  local row = redis.call('HMGET', room.hash, 'presenceVersion', 'stateVersion', 'hostAwaySince')
  local epoch = tonumber(room.epoch)
  room.lifeAt = room.now
  redis.call('HSET', room.hash, 'replid', replid, 'epoch', room.epoch, 'rev', room.rev,
    'lifeAt', room.at, 'presenceVersion', math.max(epoch, row[1] + 1),
    'stateVersion', math.max(epoch, row[2] + 1))
  -- A host who is away in what is left may have been back since.
  if row[3] and row[3] ~= '' then
    redis.call('HSET', room.hash, 'hostAwaySince', text(math.max(row[3], room.now + RETURN_MS)))
  end
end

-- Reads what every change of a room needs into the table `room` (`hash`, `topic`, `id` are given).
-- Returns the values of further fields of the hash from index 6 on, or false when the room is
-- absent. `rev`, `epoch` and `at` (now) are text, `now` is a number. Who sets `room.activeAt` says
-- that an entry is activity.
local function load_room(room, ...)
  local row = redis.call('HMGET', room.hash, 'rev', 'replid', 'epoch', 'backlog', 'closedAt', ...)
  if not row[1] then return false end
  room.rev, room.epoch, room.backlog = row[1], row[3], tonumber(row[4])
  room.isClosed = row[5] ~= ''
  room.now = now_ms()
  room.at = text(room.now)
  if not is_current_replid(row[2]) then begin_life(room, current_replid()) end
  return row
end

-- Counts a change of the room or of somebody's rights.
local function raise_rev(room)
  room.rev = text(redis.call('HINCRBY', room.hash, 'rev', 1))
end

-- Tells every node that holds the room; `line` without the mark, see frame.port.ts.
local function publish(room, line, body)
  redis.call('SPUBLISH', room.topic, '\1' .. line .. '\n' .. (body or ''))
end

-- Counts and announces that somebody's right to be here is gone. Before what comes with it: that is
-- not theirs to hear, and from the change of `rev` alone no node would know why.
local function revoke(room, user_id, reason)
  raise_rev(room)
  publish(room, 'x ' .. room.rev .. ' ' .. user_id .. ' ' .. reason)
end
