-- Neovim's own LSP client (0.7 and later) in a session with `pluginmail filter lsp`: nvim --headless -u NONE -c "luafile lsp_session.lua"
-- with the server's command as a JSON list in LSP_COMMAND and the script in LSP_FILE. Prints one line a step; the test compares them.
local command = vim.fn.json_decode(vim.env.LSP_COMMAND)
local file = vim.env.LSP_FILE

local function say(...) io.stdout:write(table.concat({ ... }, " ") .. "\n") end
local function wait(what, condition)
  if not vim.wait(120000, condition, 20) then
    say("timeout: " .. what)
    vim.cmd("cquit 1")
  end
end

vim.cmd("edit " .. file)
local buffer = vim.api.nvim_get_current_buf()
local id = vim.lsp.start_client({ name = "pluginmail", cmd = command, root_dir = vim.fn.fnamemodify(file, ":h") })
vim.lsp.buf_attach_client(buffer, id)
local client = vim.lsp.get_client_by_id(id)
wait("initialize", function() return client.initialized end)

local function findings()
  local codes = {}
  for _, finding in ipairs(vim.diagnostic.get(buffer)) do
    table.insert(codes, finding.code .. "@" .. finding.lnum .. ":" .. finding.col)
  end
  table.sort(codes)
  return table.concat(codes, " ")
end

local function request(method, extra)
  local parameters = vim.tbl_extend("force", { textDocument = { uri = vim.uri_from_bufnr(buffer) } }, extra or {})
  local answer = client.request_sync(method, parameters, 120000, buffer)
  if not answer or answer.err then
    say("no answer: " .. method .. " " .. vim.inspect(answer))
    vim.cmd("cquit 1")
  end
  return answer.result
end

wait("diagnostics", function() return findings() ~= "" end)
say("findings", findings())

-- The quick fix of the misspelt tag, then an edit by hand: both go to the server as incremental changes.
local actions = request("textDocument/codeAction", {
  range = { start = { line = 2, character = 12 }, ["end"] = { line = 2, character = 12 } }, context = { diagnostics = {} } })
say("fix", actions[1].title)
vim.lsp.util.apply_workspace_edit(actions[1].edit, client.offset_encoding)
say("line", vim.api.nvim_buf_get_lines(buffer, 2, 3, false)[1])
wait("fewer diagnostics", function() return not findings():find("F1005", 1, true) end)
local last = vim.api.nvim_buf_line_count(buffer)
vim.api.nvim_buf_set_lines(buffer, last, last, false, { "if size :o" })
local items = request("textDocument/completion", { position = { line = last, character = 10 } })
local labels = {}
for _, item in ipairs(items.items) do table.insert(labels, item.label) end
say("complete", table.concat(labels, " "))
vim.api.nvim_buf_set_lines(buffer, last, last + 1, false, {})
local hover = request("textDocument/hover", { position = { line = 2, character = 4 } })
say("hover", (hover.contents.value:gsub("\n", "|")))
vim.lsp.util.apply_text_edits(request("textDocument/formatting", { options = { tabSize = 4, insertSpaces = true } }), buffer, client.offset_encoding)
say("formatted", table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), "|"))
wait("no diagnostics", function() return findings() == "" end)
say("findings", findings())
client.stop()
wait("exit", function() return client.is_stopped() end)
say("stopped")
vim.cmd("qall!")
