-- Runs inside Envoy, once the endpoint is chosen: the request calls the model by its name there.

-- Where the string that begins at `at` ends.
local function closing(text, at)
  local i = at + 1
  while true do
    i = text:find('["\\]', i)
    if i == nil or text:sub(i, i) == '"' then return i end
    i = i + 2
  end
end

-- The text with another value of the outermost "model"; as it was where it has none.
local function renamed(text, model)
  local depth, at = 0, 1
  while true do
    local start = text:find('[{}%[%]"]', at)
    if start == nil then return text end
    local sign, stop = text:sub(start, start), start
    if sign == '"' then
      stop = closing(text, start)
      if stop == nil then return text end
      local value = depth == 1 and text:sub(start, stop) == '"model"' and text:match('^%s*:%s*()"', stop + 1)
      if value then
        local last = closing(text, value)
        return last and text:sub(1, value) .. model .. text:sub(last) or text
      end
    else
      depth = depth + ((sign == '{' or sign == '[') and 1 or -1)
    end
    at = stop + 1
  end
end

function envoy_on_request(handle)
  local model = handle:headers():get("x-breakeven-model")
  handle:headers():remove("x-breakeven-model")
  local body = handle:body()
  if model and body and body:length() > 0 then
    body:setBytes(renamed(body:getBytes(0, body:length()), model))
  end
end
