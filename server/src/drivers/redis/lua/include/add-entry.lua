--@include entry-id.lua
--@include survival.lua

-- Makes sure that the room's epoch is above an id that was given before.
local function rise_above(room, id)
  local epoch = split_id(id)
  if epoch < tonumber(room.epoch) then return end
  room.epoch = text(math.max(room.now, epoch + 1))
  redis.call('HSET', room.hash, 'epoch', room.epoch)
end

-- The highest id that a stream ever gave, also when it holds nothing any more; nil: no stream.
local function last_given(stream)
  if redis.call('EXISTS', stream) == 0 then return nil end
  local info = redis.call('XINFO', 'STREAM', stream)
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then return info[i + 1] end
  end
end

-- Adds the first entry of a channel in the room's epoch: it names its predecessor. `last` as in
-- `add_entry`.
local function add_first(room, channel, stream, last, tail, payload)
  local after = last_survivor(room, channel, stream)
  local given = last_given(stream)
  if after then rise_above(room, after) end
  if given then rise_above(room, given) end
  local head = '"at":' .. room.at .. ',' .. (after and '"after":"' .. after .. '",' or '') .. tail
  local id = redis.call('XADD', stream, room.epoch .. '-*', 'h', head, 'p', payload)
  if after or given or last then note_cut(room, channel, after, id) end
  return id, head, after
end

-- Takes back the first entry of a stream that was deleted under the room: what it held and the
-- archive has not is lost, so the channel goes on in a new epoch.
local function undo_restart(room, channel, stream, id, last)
  redis.call('XDEL', stream, id)
  local epoch, seq = split_id(last)
  local archived = redis.call('HGET', room.archived, channel)
  local archived_epoch, archived_seq = epoch, -1
  if archived then archived_epoch, archived_seq = split_id(archived) end
  local lost = archived_epoch == epoch and seq - archived_seq or seq + 1
  room.backlog = math.max(0, room.backlog - lost)
  rise_above(room, last)
end

-- Adds an entry behind `last`, if that is of the room's epoch and the stream agrees; else nil.
local function add_next(room, channel, stream, last, tail, payload)
  local prefix = room.epoch .. '-'
  if not last or string.sub(last, 1, #prefix) ~= prefix then return nil end
  local head = '"at":' .. room.at .. ',' .. tail
  local id = redis.call('XADD', stream, prefix .. '*', 'h', head, 'p', payload)
  if id == prefix .. (string.sub(last, #prefix + 1) + 1) then return id, head end
  undo_restart(room, channel, stream, id, last)
  return nil
end

-- Orders, keeps, marks for the archive and announces one entry. `last`: the channel's newest id as
-- the room knows it, or false. `tail`: the entry's JSON between `after` and `payload`.
local function add_entry(room, channel, stream, last, tail, payload)
  local id, head, after = add_next(room, channel, stream, last, tail, payload)
  if not id then id, head, after = add_first(room, channel, stream, last, tail, payload) end
  room.backlog = room.backlog + 1
  if room.activeAt then
    redis.call('HSET', room.hash, 'ch:' .. channel, id, 'backlog', room.backlog,
      'activeAt', room.activeAt)
  else
    redis.call('HSET', room.hash, 'ch:' .. channel, id, 'backlog', room.backlog)
  end
  redis.call('ZADD', room.unarchived, 'NX', room.at, room.id .. ':' .. channel)
  redis.call('SPUBLISH', room.topic, '\1e ' .. room.rev .. ' ' .. channel .. ' ' .. id .. ' ' ..
    (after or '-') .. '\n42["room:entry",{"id":"' .. id .. '",' .. head ..
    '"payload":' .. payload .. '}]')
  return id
end
