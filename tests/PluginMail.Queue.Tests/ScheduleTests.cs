using FsCheck;
using FsCheck.Fluent;
using PluginMail.Storage;

namespace PluginMail.Queue.Tests;

/// <summary>Which job starts next, decided without any I/O.</summary>
public sealed class ScheduleTests
{
    private DateTimeOffset _now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private QueueOptions _options = new("mx.example.test", [TimeSpan.FromMinutes(5)], TimeSpan.FromDays(5), Parallelism: 10) { DestinationParallelism = 4 };
    private readonly QueueSchedule _schedule;
    private long _last;

    public ScheduleTests() => _schedule = new QueueSchedule(() => _options);

    private QueueJob Job(string destination, string source = "anna", int priority = 0) => new(new QueueId(++_last), destination, destination, priority, source);

    private void Add(int count, string destination, string source = "anna", int priority = 0)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.True(_schedule.Add(Job(destination, source, priority), _now));
        }
    }

    private List<QueueJob> TakeAll()
    {
        var all = new List<QueueJob>();
        while (_schedule.Take(_now) is { } job)
        {
            all.Add(job);
        }

        return all;
    }

    private void End(QueueJob job, DestinationHealth health = DestinationHealth.Accepting)
    {
        _schedule.Sent(job, health, _now);
        _schedule.Ended(job);
    }

    [Fact]
    public void A_destination_begins_with_two_and_gets_one_more_for_each_message_it_takes()
    {
        Add(20, "a.test");
        List<QueueJob> running = TakeAll();
        Assert.Equal(2, running.Count);
        End(running[0]);
        End(running[1]);
        running = TakeAll();
        Assert.Equal(4, running.Count);
        running.ForEach(job => End(job));
        Assert.Equal(4, TakeAll().Count); // no more than is configured
    }

    [Fact]
    public void While_many_results_are_not_on_disk_nothing_is_started()
    {
        _options = _options with { DestinationParallelism = 10 };
        Add(60, "a.test");
        var unkept = new List<QueueJob>();
        while (TakeAll() is { Count: > 0 } jobs)
        {
            jobs.ForEach(job => _schedule.Sent(job, DestinationHealth.Accepting, _now));
            unkept.AddRange(jobs);
        }

        Assert.InRange(unkept.Count, 10, 19); // those that were under way when the tenth was done
        Assert.Equal(unkept.Count, _schedule.Unkept);
        unkept.ForEach(_schedule.Ended);
        Assert.Equal(0, _schedule.Unkept);
        Assert.Equal(10, TakeAll().Count);
    }

    [Fact]
    public void What_hangs_takes_no_place_from_others_for_long()
    {
        _options = _options with { Parallelism = 4 };
        foreach (string hanging in (string[])["a.test", "b.test"])
        {
            Add(10, hanging);
        }

        Assert.Equal(4, TakeAll().Count);
        Add(1, "c.test");
        Assert.Empty(TakeAll());
        Assert.Equal(_now.AddSeconds(15), _schedule.NextTime(_now));
        _now = _now.AddSeconds(15);
        Assert.Equal("c.test", Assert.Single(TakeAll()).Destination);
    }

    [Fact]
    public void A_destination_that_is_down_is_paused_twice_as_long_each_time_and_probed_with_one()
    {
        Add(10, "a.test");
        List<QueueJob> running = TakeAll();
        running.ForEach(job => End(job, DestinationHealth.Down));
        Assert.Equal(0, _schedule.Ready);
        foreach (int minutes in (int[])[1, 2, 4])
        {
            Assert.Equal(_now.AddMinutes(minutes), _schedule.PausedUntil("a.test", _now));
            Assert.False(_schedule.Add(Job("a.test"), _now));
            int none = _schedule.HungryLanes;
            Assert.Null(_schedule.TakeHungry(ref none, _now));
            Assert.Equal(_now.AddMinutes(minutes), _schedule.NextTime(_now));
            _now = _now.AddMinutes(minutes);
            int turns = _schedule.HungryLanes;
            Assert.Equal("a.test", _schedule.TakeHungry(ref turns, _now)?.Domain);
            Add(5, "a.test");
            QueueJob probe = Assert.Single(TakeAll());
            End(probe, DestinationHealth.Down);
        }

        _now = _now.AddMinutes(8);
        Add(5, "a.test");
        End(Assert.Single(TakeAll()));
        Assert.Equal(2, TakeAll().Count);
    }

    [Fact]
    public void A_person_ends_a_pause()
    {
        Add(2, "a.test");
        TakeAll().ForEach(job => End(job, DestinationHealth.Down));
        _schedule.Resume("a.test");
        Add(1, "a.test");
        Assert.Single(TakeAll());
    }

    [Fact]
    public void Each_source_has_its_turn_and_the_urgent_come_first()
    {
        _options = _options with { DestinationParallelism = 100, Parallelism = 100 };
        Add(5, "", "many");
        Add(2, "", "few");
        Add(1, "", "late", priority: 1);
        Add(1, "", "urgent", priority: -1);
        Assert.Equal(["urgent", "many", "few", "many", "few", "many", "many", "many", "late"], TakeAll().Select(job => job.Source));
    }

    [Fact]
    public void Rates_of_destinations_and_sources_are_kept()
    {
        _options = _options with { SourceRate = 20, DestinationParallelism = 100, Parallelism = 100 };
        Add(5, "", "many");
        Add(1, "", "other");
        Assert.Equal(["many", "other", "many"], TakeAll().Select(job => job.Source)); // a tenth of a minute's at once
        Assert.InRange(_schedule.NextTime(_now)!.Value - _now, TimeSpan.FromSeconds(2.9), TimeSpan.FromSeconds(3.1));
        _now = _now.AddSeconds(3.1);
        Assert.Single(TakeAll());

        _options = _options with { SourceRate = 0, DestinationRate = 10 };
        Add(5, "a.test", "x");
        Assert.Single(TakeAll(), job => !job.IsHere);
        _now = _now.AddSeconds(6.1);
        Assert.Single(TakeAll(), job => !job.IsHere);
    }

    [Fact]
    public void What_is_known_is_not_taken_twice()
    {
        QueueJob job = Job("a.test");
        Assert.True(_schedule.Add(job, _now));
        Assert.False(_schedule.Add(job with { }, _now));
        Assert.True(_schedule.HasJobs(job.Id));
        Assert.Same(job, Assert.Single(TakeAll()));
        _schedule.Sent(job, DestinationHealth.Accepting, _now);
        Assert.False(_schedule.Add(job with { }, _now)); // its result is not on disk
        _schedule.Ended(job);
        Assert.False(_schedule.HasJobs(job.Id));
        Assert.True(_schedule.Add(job with { }, _now));
    }

    /// <summary>Whatever happens: limits hold, nothing is lost or started twice, and all is done once everything answers.</summary>
    [Fact]
    public void Limits_hold_and_nothing_is_lost() => Prop.ForAll(
        Gen.Choose(0, 99).ArrayOf().ToArbitrary(),
        steps =>
        {
            var model = new ScheduleTests();
            var waiting = new List<QueueJob>(); // the store
            var running = new List<QueueJob>();
            foreach (int step in steps)
            {
                string destination = step % 3 == 0 ? "" : $"d{step % 3}.test";
                switch (step % 5)
                {
                    case 0 or 1:
                        QueueJob job = model.Job(destination, $"s{step % 4}", step % 2);
                        waiting.Add(job);
                        model._schedule.Add(job, model._now);
                        break;
                    case 2 when running.Count > 0:
                        QueueJob ended = running[step % running.Count];
                        running.Remove(ended);
                        bool isDown = step > 80 && !ended.IsHere;
                        model.End(ended, isDown ? DestinationHealth.Down : DestinationHealth.Accepting);
                        _ = isDown || waiting.Remove(ended);
                        break;
                    case 3:
                        running.AddRange(model.TakeAll());
                        break;
                    default:
                        model._now = model._now.AddSeconds(step);
                        break;
                }

                if (running.Distinct().Count() != running.Count
                    || running.Where(job => !job.IsHere).GroupBy(job => job.Destination).Any(lane => lane.Count() > model._options.DestinationParallelism)
                    || running.Count > model._options.Parallelism * 4
                    || running.Count != model._schedule.Running)
                {
                    return false;
                }
            }

            return model.Drain(waiting, running);
        }).QuickCheckThrowOnFailure();

    // What the loop does, with a store that knows all.
    private bool Drain(List<QueueJob> waiting, List<QueueJob> running)
    {
        for (int i = 0; i < 1000 && waiting.Count > 0; i++)
        {
            running.ForEach(job => End(job));
            waiting.RemoveAll(running.Contains);
            running.Clear();
            int turns = _schedule.HungryLanes;
            while (_schedule.TakeHungry(ref turns, _now) is { } wanted)
            {
                foreach (QueueJob job in waiting.Where(job => job.Domain == wanted.Domain).Take(wanted.Limit))
                {
                    _schedule.Add(job, _now);
                }
            }

            running.AddRange(TakeAll());
            _now = running.Count > 0 ? _now : _schedule.NextTime(_now) ?? _now;
        }

        return waiting.Count == 0 && _schedule.Ready == 0;
    }
}
