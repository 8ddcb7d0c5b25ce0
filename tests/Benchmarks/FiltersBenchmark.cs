using System.Globalization;
using System.Text;
using PluginMail.Benchmarks.Measuring;
using PluginMail.Filters;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Benchmarks;

/// <summary>Compiling filters, and running them over a message of 4 KiB. Only the last rule matches, so that all are tried.</summary>
internal static class FiltersBenchmark
{
    public static async Task RunAsync(BenchmarkOptions options)
    {
        byte[] message = SampleMessages.Text(4 << 10);
        var envelope = new FilterEnvelope
        {
            From = "ada@corp.example", To = "u1@example.test", OriginalTo = "u1@example.test", OwnerAddresses = ["u1@example.test"],
        };
        List<Case> cases = [];
        foreach (int rules in (ReadOnlySpan<int>)[10, 100, 1000])
        {
            byte[] script = Encoding.UTF8.GetBytes(Script(rules));
            FilterCompilation compilation = FilterCompiler.Compile(script);
            CompiledFilter filter = compilation.Filter ?? throw new InvalidOperationException(compilation.Errors.First().Message);
            FilterResult result = filter.Run(new FilterInput(new MimeFilterMessage(message, message.Length), envelope));
            if (result.Effects is not [FilterEffect.FileInto { Folder: "Last" }])
            {
                throw new InvalidOperationException($"expected the last rule to match, not: {string.Join("; ", result.Effects)}");
            }

            cases.Add(Case.Of($"compile {rules,5} rules ({script.Length / 1024.0:F1} KiB)", () => FilterCompiler.Compile(script)));
            cases.Add(Case.Of(
                $"run {rules,9} rules, headers parsed anew", () => filter.Run(new FilterInput(new MimeFilterMessage(message, message.Length), envelope))));
            FilterInput parsed = new(new MimeFilterMessage(message, message.Length), envelope);
            filter.Run(parsed);
            cases.Add(Case.Of($"run {rules,9} rules, headers parsed", () => filter.Run(parsed)));
        }

        Cost[] costs = await InterleavedRounds.MeasureAsync(options, [.. cases]);
        Table.Print("filters, message of 4 KiB", cases, costs);
    }

    private static string Script(int rules)
    {
        var script = new StringBuilder();
        for (int i = 1; i < rules; i++)
        {
            string test = (i % 4) switch
            {
                0 => $"sender :within \"company{i}.example\"",
                1 => $"all (sender :within \"corp.example\", subject :contains \"order number {i}\")",
                2 => $"header :contains \"list-id\" \"list{i}.example\"",
                _ => $"any (subject :matches \"*report {i}*\", size :over {20 + i}M)",
            };
            script.Append(CultureInfo.InvariantCulture, $"# rule:[Rule {i}]\nif {test} {{\n  move \"Folder {i}\";\n  stop;\n}}\n\n");
        }

        return script.Append("# rule:[Last]\nif subject :contains \"budget\" {\n  move \"Last\";\n}\n").ToString();
    }
}
