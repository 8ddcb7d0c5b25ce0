using System.Text;

namespace PluginMail.Plugins;

/// <summary>What a command writes: bounded, safe for several threads, and without effect once nobody listens any more.</summary>
internal sealed class CommandOutput : TextWriter
{
    private const int MostCharacters = 16 << 20;
    private const string CutOff = "\n… (the rest is cut off)\n";

    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();
    private bool _isOver;

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(ReadOnlySpan<char> buffer)
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            if (buffer.Length > MostCharacters - _text.Length)
            {
                _text.Append(buffer[..(MostCharacters - _text.Length)]).Append(CutOff);
                _isOver = true;
                return;
            }

            _text.Append(buffer);
        }
    }

    /// <summary>What was written; what is written from now on is lost.</summary>
    public string End()
    {
        lock (_lock)
        {
            _isOver = true;
            return _text.ToString();
        }
    }
}
