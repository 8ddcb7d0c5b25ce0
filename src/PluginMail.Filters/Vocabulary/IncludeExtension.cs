using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The capability "include" (RFC 6609).</summary>
internal static class IncludeExtension
{
    private const string Name = "include";

    public static void AddTo(VocabularyBuilder vocabulary)
    {
        vocabulary.Namespaces.Add(new("global", Name)
        {
            Get = static (run, name) => run.Globals.Get(name),
            Set = static (run, name, value) => run.Globals.Set(name, value),
        });
        vocabulary
            .Add(new Capability(Name, "scripts inside of scripts, return, and variables that they share", "RFC 6609"))
            .Add(new Word(Name, WordKind.Control, "Runs another script at this place.")
            {
                Reference = "RFC 6609 3.2",
                Capability = Name,
                Parameters = [new("script", ValueKind.Text) { IsConstant = true }],
                Tags =
                [
                    new("personal", "one of the owner's scripts (the default)") { Group = "location" },
                    new("global", "one of the server's scripts") { Group = "location" },
                    new("once", "unless it has been included before"),
                    new("optional", "nothing happens where there is no such script"),
                ],
                Check = CheckInclude,
                CompileCommand = Include,
            })
            .Add(new Word("return", WordKind.Control, "Ends this script and goes on with the one that includes it.")
            {
                Reference = "RFC 6609 3.3",
                Capability = Name,
                Ends = static _ => true,
                CompileCommand = static (word, _) => new ReturnNode(word.Span),
            })
            .Add(new Word("global", WordKind.Control, "Declares variables that all scripts of a run share.")
            {
                Reference = "RFC 6609 3.4.1",
                Capability = Name,
                FurtherCapabilities = ["variables"],
                Parameters = [new("names", ValueKind.TextList) { IsConstant = true }],
                Check = CheckGlobal,
                CompileCommand = static (word, _) => new GlobalNode(word.Span, [.. word.TextsAt(0).Select(name => name.Constant)]),
            });
    }

    private static IncludeNode Include(BoundWord word, CompileContext context)
    {
        var script = new ScriptReference(word.Has("global") ? ScriptLocation.Global : ScriptLocation.Personal, word.TextAt(0).Constant);
        context.Includes.Add(script);
        return new(word.Span, script, word.Has("once"), word.Has("optional"));
    }

    private static void CheckInclude(BoundWord word, DiagnosticBag diagnostics)
    {
        if (!ScriptReference.IsName(word.TextAt(0).Constant))
        {
            diagnostics.Add(FilterCodes.BadValue, word.Arguments[0].Span, "A script's name is not empty, has at most 512 octets and no control characters.");
        }
    }

    private static void CheckGlobal(BoundWord word, DiagnosticBag diagnostics)
    {
        foreach (var name in ((BoundStrings)word.Arguments[0]).Strings.Where(name => !VariableReferences.IsName(name.Value.Constant)))
        {
            diagnostics.Add(FilterCodes.BadVariable, name.Syntax.Span, $"`{name.Value.Constant}` cannot name a variable: letters, digits and _ can, a digit not first.");
        }
    }
}
