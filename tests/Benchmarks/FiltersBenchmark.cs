using System.Text;
using PluginMail.Benchmarks.Filters;
using PluginMail.Benchmarks.Measuring;
using PluginMail.Filters;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Benchmarks;

/// <summary>Compiling filters, running them over a message of 4 KiB, and the whole job beside Pigeonhole. Only the last rule matches, so that all are tried.</summary>
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
            byte[] script = Encoding.UTF8.GetBytes(FilterScripts.Standard(rules));
            FilterCompilation compilation = FilterCompiler.Compile(script);
            CompiledFilter filter = compilation.Filter ?? throw new InvalidOperationException(compilation.Errors.First().Message);
            FilterResult result = filter.Run(new FilterInput(new MimeFilterMessage(message, message.Length), envelope));
            if (result.Effects is not [FilterEffect.FileInto { Folder: FilterScripts.LastFolder }])
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

        byte[] plain = Encoding.UTF8.GetBytes(FilterScripts.Plain(1000));
        cases.Add(Case.Of($"compile  1000 rules in plain words ({plain.Length / 1024.0:F1} KiB)", () => FilterCompiler.Compile(plain)));
        AddBody(cases, envelope);
        Cost[] costs = await InterleavedRounds.MeasureAsync(options, [.. cases]);
        Table.Print("filters, message of 4 KiB", cases, costs);
        await FilterComparison.RunAsync(options);
    }

    /// <summary>A body of 100 kB against 1,000 rules, none of which matches.</summary>
    private static void AddBody(List<Case> cases, FilterEnvelope envelope)
    {
        CompiledFilter filter = FilterCompiler.Compile(FilterScripts.Body(1000)).Filter!;
        byte[] message = SampleMessages.Text(100 << 10);
        cases.Add(Case.Of("run      1000 body rules, 100 kB parsed anew", () => filter.Run(new FilterInput(MimeFilterMessage.Of(message), envelope))));
        FilterInput parsed = new(MimeFilterMessage.Of(message), envelope);
        filter.Run(parsed);
        cases.Add(Case.Of("run      1000 body rules, 100 kB parsed", () => filter.Run(parsed)));
    }
}
