using System.Collections.Frozen;
using PluginMail.Pop3.Sessions;

namespace PluginMail.Pop3.Commands;

/// <summary>A row of the table of commands.</summary>
/// <param name="Name">The verb, capitals.</param>
/// <param name="Usage">The arguments, for people.</param>
/// <param name="States">Where it is legal.</param>
/// <param name="Parse">Reads what stands behind the verb and one space; null where it is wrong.</param>
internal sealed record Pop3Verb(string Name, string Usage, Pop3States States, Func<string, Pop3Command?> Parse)
{
    /// <summary>All commands. A new one is a file and a row.</summary>
    public static readonly FrozenDictionary<string, Pop3Verb> All = new[]
    {
        Auth.Verb, Capa.Verb, Dele.Verb, List.Verb, Noop.Verb, Pass.Verb, Quit.Verb, Retr.Verb, Rset.Verb, Stat.Verb, Stls.Verb, Top.Verb,
        Uidl.Verb, User.Verb,
    }.ToFrozenDictionary(static v => v.Name, StringComparer.OrdinalIgnoreCase);

    private const int LongestVerb = 4; // RFC 1939 section 3

    /// <summary>Reads a command line.</summary>
    /// <param name="line">The line without its end.</param>
    /// <param name="state">The session's state.</param>
    /// <returns>The command; or null, and what is wrong.</returns>
    public static (Pop3Command? Command, string Error) Read(string line, Pop3States state)
    {
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        string name = space < 0 ? line : line[..space];
        if (name.Length > LongestVerb || !All.TryGetValue(name, out Pop3Verb? verb))
        {
            return (null, "unknown command");
        }

        if ((verb.States & state) == 0)
        {
            return (null, state == Pop3States.Authorization ? $"{verb.Name}: sign in first" : $"{verb.Name}: signed in already");
        }

        Pop3Command? command = verb.Parse(space < 0 ? "" : line[(space + 1)..]);
        return command is null ? (null, $"usage: {verb.Name} {verb.Usage}".TrimEnd()) : (command, "");
    }

    /// <summary>The parser of a command without arguments.</summary>
    public static Func<string, Pop3Command?> Plain(Pop3Command command) => argument => argument.AsSpan().Trim(' ').IsEmpty ? command : null;

    /// <summary>Reads a number of at most nine digits.</summary>
    public static bool TryNumber(ReadOnlySpan<char> text, out int number)
    {
        number = 0;
        return text.Length is > 0 and <= 9 && text.IndexOfAnyExceptInRange('0', '9') < 0 && int.TryParse(text, out number);
    }
}
