using System.Text;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Tests.Support;

/// <summary>A message of plain ASCII headers; decoding is MimeFilterMessage's business and tested there.</summary>
internal sealed class TestMessage : IFilterMessage
{
    private readonly List<(string Name, string Value)> _fields = [];

    public TestMessage(string text)
    {
        Size = Encoding.UTF8.GetByteCount(text.ReplaceLineEndings("\r\n"));
        foreach (var line in text.ReplaceLineEndings("\n").Split("\n\n")[0].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] is ' ' or '\t')
            {
                _fields[^1] = (_fields[^1].Name, _fields[^1].Value + line);
            }
            else
            {
                var colon = line.IndexOf(':');
                _fields.Add((line[..colon].Trim(), line[(colon + 1)..]));
            }
        }
    }

    public long Size { get; init; }

    public IReadOnlyList<string> Notes => [];

    public bool HasHeader(string name) => _fields.Exists(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    public IReadOnlyList<byte[]> GetHeader(string name) =>
        [.. _fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => Encoding.UTF8.GetBytes(field.Value.Trim()))];

    public IReadOnlyList<byte[]> GetRawHeader(string name) => GetHeader(name);

    public IReadOnlyList<FilterAddress> GetAddresses(string name) =>
        [.. GetHeader(name).SelectMany(value => Encoding.UTF8.GetString(value).Split(',')).Select(Address)];

    private static FilterAddress Address(string text)
    {
        var open = text.IndexOf('<');
        var name = open < 0 ? null : text[..open].Trim(' ', '"');
        var whole = open < 0 ? text.Trim() : text[(open + 1)..].TrimEnd('>', ' ');
        var at = whole.LastIndexOf('@');
        return at < 0 ? new(name, null, null, whole) : new(name, whole[..at], whole[(at + 1)..], whole);
    }
}
