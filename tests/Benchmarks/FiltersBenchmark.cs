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

            long before = GC.GetTotalMemory(forceFullCollection: true);
            CompiledFilter kept = FilterCompiler.Compile(script).Filter!;
            Console.WriteLine($"compiled {rules,4} rules: {(GC.GetTotalMemory(forceFullCollection: true) - before) / 1024.0:F0} KiB, the script's text included");
            GC.KeepAlive(kept);
            cases.Add(Case.Of($"compile {rules,5} rules ({script.Length / 1024.0:F1} KiB)", () => FilterCompiler.Compile(script)));
            cases.Add(Case.Of(
                $"run {rules,9} rules, headers parsed anew", () => filter.Run(new FilterInput(new MimeFilterMessage(message, message.Length), envelope))));
            FilterInput parsed = new(new MimeFilterMessage(message, message.Length), envelope);
            filter.Run(parsed);
            cases.Add(Case.Of($"run {rules,9} rules, headers parsed", () => filter.Run(parsed)));
        }

        AddBody(cases, envelope);
        Cost[] costs = await InterleavedRounds.MeasureAsync(options, [.. cases]);
        Table.Print("filters, message of 4 KiB", cases, costs);
    }

    /// <summary>A body of 100 kB against 1,000 rules, none of which matches.</summary>
    private static void AddBody(List<Case> cases, FilterEnvelope envelope)
    {
        var script = new StringBuilder("require [\"body\", \"fileinto\"];\n");
        for (int i = 0; i < 1000; i++)
        {
            script.Append(CultureInfo.InvariantCulture, $"if body :contains \"contract number {i} of\" {{ fileinto \"Folder {i}\"; }}\n");
        }

        CompiledFilter filter = FilterCompiler.Compile(script.ToString()).Filter!;
        byte[] message = SampleMessages.Text(100 << 10);
        cases.Add(Case.Of("run      1000 body rules, 100 kB parsed anew", () => filter.Run(new FilterInput(MimeFilterMessage.Of(message), envelope))));
        FilterInput parsed = new(MimeFilterMessage.Of(message), envelope);
        filter.Run(parsed);
        cases.Add(Case.Of("run      1000 body rules, 100 kB parsed", () => filter.Run(parsed)));
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
