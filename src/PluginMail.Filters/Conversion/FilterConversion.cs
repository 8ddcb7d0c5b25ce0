using System.Collections.Immutable;

namespace PluginMail.Filters.Conversion;

/// <summary>What rules are written in.</summary>
public enum ConversionSource
{
    /// <summary>A procmailrc.</summary>
    Procmail,

    /// <summary>An Exim filter file.</summary>
    Exim,

    /// <summary>A table of conditions and actions: CSV with the columns name, field, match, value, action, target, enabled.</summary>
    Table,
}

/// <summary>Something that has no counterpart; it stands as a comment in the script.</summary>
/// <param name="Line">Its line in the source.</param>
/// <param name="Message">What it is.</param>
public sealed record ConversionNote(int Line, string Message);

/// <summary>A converted script.</summary>
/// <param name="Script">The script in plain words; standard words stand where there is no plain one.</param>
/// <param name="Notes">What was not converted, in order.</param>
public sealed record FilterConversion(string Script, ImmutableArray<ConversionNote> Notes)
{
    private const int LongestSource = 1024 * 1024;

    /// <summary>Converts rules. What cannot be converted becomes a note and a comment, never a rule that does something else.</summary>
    public static FilterConversion Convert(string text, ConversionSource source)
    {
        var script = new PlainScriptWriter();
        if (text.Length > LongestSource)
        {
            script.Leave(1, $"the file has more than {LongestSource} characters");
            return script.ToConversion();
        }

        switch (source)
        {
            case ConversionSource.Procmail:
                new ProcmailConverter(text, script).Convert();
                break;
            case ConversionSource.Exim:
                new EximConverter(text, script).Convert();
                break;
            default:
                TableConverter.Convert(text, script);
                break;
        }

        return script.ToConversion();
    }
}
