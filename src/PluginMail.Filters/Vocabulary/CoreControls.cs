using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>Control commands of RFC 5228 section 3.</summary>
internal static class CoreControls
{
    public static void AddTo(VocabularyBuilder vocabulary) => vocabulary
        .Add(new Word("require", WordKind.Control, "Declares the extensions that the script uses; stands before everything else.")
        {
            Reference = "RFC 5228 3.2",
            Parameters = [new("capabilities", ValueKind.TextList, ValueMeaning.Capability)],
        })
        .Add(new Word("if", WordKind.Control, "Runs its block when its test is true.")
        {
            Reference = "RFC 5228 3.1",
            Tests = TestArity.One,
            HasBlock = true,
            Chain = ChainRole.Start,
        })
        .Add(new Word("elsif", WordKind.Control, "Runs its block when no test before it in the chain was true and its own is.")
        {
            Reference = "RFC 5228 3.1",
            Tests = TestArity.One,
            HasBlock = true,
            Chain = ChainRole.Continue,
        })
        .Add(new Word("else", WordKind.Control, "Runs its block when no test of the chain was true.")
        {
            Reference = "RFC 5228 3.1",
            HasBlock = true,
            Chain = ChainRole.End,
        })
        .Add(new Word("stop", WordKind.Control, "Ends the script; the implicit keep is taken unless an action cancelled it.")
        {
            Reference = "RFC 5228 3.3",
            Ends = static _ => true,
            CompileCommand = static (word, _) => new StopNode(word.Span),
        })
        .Refuse("vnd.dovecot.execute", "programs are not run from filter scripts; write a C# script or a plugin")
        .Refuse("vnd.dovecot.filter", "programs are not run from filter scripts; write a C# script or a plugin")
        .Refuse("vnd.dovecot.pipe", "programs are not run from filter scripts; write a C# script or a plugin");
}
