using PluginMail.Abstractions;

namespace PluginMail.Template;

/// <summary>The plugin's table in mail.toml.</summary>
// sample: Options
internal sealed record SubjectWordsOptions(IReadOnlyList<string> Words, double Points, string Tag)
{
    public static SubjectWordsOptions Read(ISettings settings)
    {
        var words = settings.GetStrings("words", ["lottery", "casino"]);
        if (words.Count == 0 || words.Any(string.IsNullOrWhiteSpace))
        {
            settings.Reject("words", "a list of words, none of them empty");
        }

        return new SubjectWordsOptions(
            words,
            settings.GetNumber("points", defaultValue: 2.5, minimum: -100, maximum: 100),
            settings.GetString("tag", ""));
    }
}
// end sample
