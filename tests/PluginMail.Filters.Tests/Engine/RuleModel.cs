using System.Text;

namespace PluginMail.Filters.Tests.Engine;

/// <summary>A script as a tree of its own, from which its text is written and which the reference interpreter walks.</summary>
internal sealed record ScriptModel(List<RuleModel> Rules, bool Captures)
{
    /// <summary>The script in the filter language.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("require [\"fileinto\", \"comparator-i;unicode-casemap\"").Append(Captures ? ", \"variables\"];\n" : "];\n");
        foreach (var rule in Rules)
        {
            for (var i = 0; i < rule.Branches.Count; i++)
            {
                var (test, action) = rule.Branches[i];
                text.Append(test is null ? "else" : $"{(i == 0 ? "if" : "elsif")} {test}").Append(" { ").Append(action).Append(" }\n");
            }
        }

        return text.ToString();
    }
}

internal sealed record RuleModel(List<(TestModel? Test, ActionModel Action)> Branches);

internal sealed record ActionModel(string Word, string? Folder)
{
    public override string ToString() => Folder is null ? $"{Word};" : $"{Word} \"{Folder}\";";
}

internal abstract record TestModel
{
    public sealed record Match(string Word, string Tags, string Type, string Comparator, List<string> Headers, List<string> Keys) : TestModel
    {
        public override string ToString() =>
            $"{Word} {Tags} :{Type} :comparator \"{Comparator}\" {(Word == "sender" ? "" : List(Headers))} {List(Keys)}";

        private static string List(List<string> texts) => $"[{string.Join(", ", texts.Select(text => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal)}\""))}]";
    }

    public sealed record Size(bool Over, int Limit) : TestModel
    {
        public override string ToString() => $"size :{(Over ? "over" : "under")} {Limit}";
    }

    public sealed record Not(TestModel Inner) : TestModel
    {
        public override string ToString() => $"not {Inner}";
    }

    public sealed record Many(bool All, List<TestModel> Tests) : TestModel
    {
        public override string ToString() => $"{(All ? "allof" : "anyof")} ({string.Join(", ", Tests)})";
    }
}

/// <summary>A message of the same small world: header values and the addresses of From.</summary>
internal sealed record MessageModel(List<(string Name, string Value)> Fields, int Padding)
{
    public override string ToString() => string.Concat(Fields.Select(field => $"{field.Name}: {field.Value}\n")) + "\n" + new string('x', Padding);
}
